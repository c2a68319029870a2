CREATE TABLE brz_lnd_CIS_Customers (
  CUSTOMER_ID text PRIMARY KEY,
  CUSTOMER_NAME text,
  CITY text,
  SEGMENT text,
  EMAIL text,
  PHONE text,
  SINCE_DATE text
);
CREATE TABLE brz_lnd_CIS_Connections (
  CONNECTION_ID text PRIMARY KEY,
  CUSTOMER_ID text REFERENCES brz_lnd_CIS_Customers(CUSTOMER_ID),
  DISTRICT text,
  TARIFF text,
  STATUS text,
  OPENED_ON text,
  DEPOSIT real
);
CREATE TABLE brz_lnd_GIS_Connections (
  CONN_REF text PRIMARY KEY,
  DISTRICT text,
  STREET text,
  PIPE_MATERIAL text,
  DIAMETER_MM int,
  LAID_DATE text,
  PRESSURE_BAR real,
  STATUS text
);
CREATE TABLE brz_lnd_CIS_Meters (
  METER_NO text PRIMARY KEY,
  CONNECTION_ID text REFERENCES brz_lnd_CIS_Connections(CONNECTION_ID),
  SERIAL_NUMBER text,
  METER_TYPE text,
  SIZE_MM int,
  MANUFACTURER text,
  INSTALL_DATE text,
  STATUS text
);
CREATE TABLE brz_lnd_AMI_Meters (
  METER_ID text PRIMARY KEY,
  SERIAL_NUMBER text,
  METER_TYPE text,
  SIZE_MM int,
  MANUFACTURER text,
  LAST_READING int,
  LAST_READ_DATE text,
  BATTERY_PCT int,
  STATUS text
);
CREATE TABLE brz_lnd_SAP_Invoices (
  INVOICE_NO text PRIMARY KEY,
  CUSTOMER_ID text,
  METER_NO text,
  INVOICE_DATE text,
  CONSUMPTION_M3 int,
  AMOUNT real,
  PAID_DATE text,
  STATUS text
);
