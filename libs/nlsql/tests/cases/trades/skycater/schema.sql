CREATE TABLE brz_lnd_SkyMenu_MEALS (
  MEAL_CODE text PRIMARY KEY,
  MEAL_NAME text,
  MEAL_CATEGORY text,
  CABIN_CLASS text,
  UNIT_COST real,
  CALORIES int,
  STATUS text,
  DIET_TAG text,
  VALID_FROM text
);
CREATE TABLE brz_lnd_SAP_CATERING (
  MEAL_CODE text PRIMARY KEY,
  DESCRIPTION text,
  UNIT_COST real,
  STATUS text,
  PLANT text,
  SHELF_LIFE_HRS int,
  BUYER text
);
CREATE TABLE brz_lnd_Galley_EXCEL (
  LINE_NO int PRIMARY KEY,
  Meal_No text,
  Galley_Station text,
  Par_Level int,
  Last_Checked text
);
CREATE TABLE brz_lnd_FLT_SCHEDULE (
  FLIGHT_NO text PRIMARY KEY,
  ORIGIN text,
  DESTINATION text,
  FLIGHT_DATE text,
  AIRCRAFT_TYPE text,
  PAX_BOOKED int,
  FLIGHT_STATUS text
);
CREATE TABLE brz_lnd_OPS_FLIGHTLOG (
  Flight_Number text PRIMARY KEY,
  Destination text,
  Aircraft_Type text,
  Pax_Boarded int,
  Delay_Min int,
  Catering_Crew text
);
CREATE TABLE brz_lnd_FLT_UPLIFT (
  UPLIFT_ID int PRIMARY KEY,
  FLIGHT_NO text REFERENCES brz_lnd_FLT_SCHEDULE(FLIGHT_NO),
  MEAL_CODE text REFERENCES brz_lnd_SkyMenu_MEALS(MEAL_CODE),
  QTY_LOADED int,
  QTY_RETURNED int,
  UPLIFT_DATE text
);
