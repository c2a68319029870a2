CREATE TABLE ami_meters(meter_id text primary key, serial_no text, meter_type text, install_date text, feeder text, status text, manufacturer text);
CREATE TABLE brz_lnd_METER_READINGS(READING_ID int, METER_ID text, READ_DATE text, KWH real, READ_TYPE text);
CREATE TABLE sap_contract_accounts(CONTRACT_ACCT text, PARTNER_NAME text, CITY text, BALANCE_DUE real, DUNNING_LEVEL int, PAYMENT_METHOD text);
CREATE TABLE sap_installations(INSTALLATION text, DEVICE_SERIAL text, CONTRACT_ACCT text, TARIFF text, MOVE_IN_DATE text, MOVE_OUT_DATE text);
CREATE TABLE brz_lnd_MDM_Devices(MeterId text, Manufacturer text, Firmware text, DeviceStatus text, LastSeen text);
