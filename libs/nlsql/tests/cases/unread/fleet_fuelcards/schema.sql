CREATE TABLE FLEET_VEHICLE(VEHICLE_ID integer primary key, REG_PLATE text, MAKE text, MODEL text, FUEL_TYPE text, DEPOT text, IN_SERVICE_DATE text, VEHICLE_STATUS text, ODOMETER_KM integer, LEASE_COST real);
CREATE TABLE FLEET_DRIVER(DRIVER_ID integer primary key, DRIVER_NAME text, LICENCE_CLASS text, HOME_DEPOT text, HIRE_DATE text);
CREATE TABLE FLEET_ASSIGNMENT(ASSIGNMENT_ID integer primary key, VEHICLE_ID integer references FLEET_VEHICLE(VEHICLE_ID), DRIVER_ID integer references FLEET_DRIVER(DRIVER_ID), FROM_DATE text, TO_DATE text);
CREATE TABLE brz_lnd_FuelCard_Export(TxnId integer, CardNo text, PlateNo text, TxnDate text, Litres real, AmountEur real, StationName text, Product text);
CREATE TABLE telematics_unit(unit_serial text, reg_plate text, installed_on text, firmware text, last_odometer integer);
