CREATE TABLE brz_lnd_CRM_Customers (
  CUSTOMER_CODE text PRIMARY KEY,
  CUSTOMER_NAME text,
  COUNTRY text,
  SEGMENT text,
  CREDIT_LIMIT real,
  ACTIVE text
);
CREATE TABLE brz_lnd_TMS_Shipments (
  SHIPMENT_ID text PRIMARY KEY,
  CUSTOMER_CODE text REFERENCES brz_lnd_CRM_Customers (CUSTOMER_CODE),
  TRANSPORT_MODE text,
  ORIGIN_PORT text,
  DEST_PORT text,
  WEIGHT_KG real,
  FREIGHT_COST real,
  ETD text,
  ETA text,
  STATUS text
);
CREATE TABLE brz_lnd_Carrier_Excel (
  ShipmentNo text,
  Carrier text,
  WeightKg real,
  FreightCost real,
  ETA text,
  Status text
);
CREATE TABLE brz_lnd_Customs_Declarations (
  DECLARATION_NO text PRIMARY KEY,
  SHIPMENT_REF text,
  HS_CODE text,
  DECLARED_WEIGHT real,
  DECLARED_VALUE real,
  DUTY_AMOUNT real,
  DECLARATION_DATE text,
  BROKER text,
  CLEARANCE_STATUS text
);
CREATE TABLE brz_lnd_YMS_Containers (
  CONTAINER_NO text PRIMARY KEY,
  SHIPMENT_ID text REFERENCES brz_lnd_TMS_Shipments (SHIPMENT_ID),
  SIZE_TYPE text,
  SEAL_NO text,
  GROSS_WEIGHT real,
  YARD text,
  GATE_IN_DATE text
);
CREATE TABLE brz_lnd_Terminal_Containers (
  ContainerNo text PRIMARY KEY,
  Terminal text,
  SealNo text,
  GrossWeight real,
  DischargeDate text,
  CustomsHold text
);
