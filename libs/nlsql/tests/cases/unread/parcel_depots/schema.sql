CREATE TABLE brz_lnd_tms_parcels (
  ParcelNo text,
  SenderAccount text,
  ServiceLevel text,
  WeightKg real,
  OriginDepot text,
  DestinationDepot text,
  CreatedOn text,
  DeliveryStatus text
);
CREATE TABLE brz_lnd_scan_events (
  SCAN_ID text,
  PARCEL_NO text,
  DEPOT_CODE text,
  SCAN_TYPE text,
  SCAN_DATE text,
  COURIER text
);
CREATE TABLE stg_crm_complaints (
  ComplaintNo text,
  TrackingNumber text,
  AccountNo text,
  Category text,
  Priority text,
  OpenedOn text,
  ClosedOn text,
  Compensation real
);
CREATE TABLE src_crm_customers (
  AccountNo text,
  CompanyName text,
  City text,
  Industry text,
  CreditLimit int,
  CustomerSince text
);
CREATE TABLE src_SAP_invoice_lines (
  INVOICE_NO text,
  PARCEL_ID text,
  ACCOUNT text,
  SERVICE text,
  BILLED_WEIGHT real,
  NET_AMOUNT real,
  INVOICE_DATE text
);
CREATE TABLE ref_depot_master (
  DEPOT_CODE text,
  DEPOT_NAME text,
  REGION text,
  DAILY_CAPACITY int,
  OPENED_YEAR int
);
CREATE TABLE brz_lnd_depot_excel (
  "Depot" text,
  "Name" text,
  "Region" text,
  "Daily Capacity" int,
  "Manager" text
);
