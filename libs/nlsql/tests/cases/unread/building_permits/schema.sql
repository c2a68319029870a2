CREATE TABLE stg_accela_permits (
  PermitNo text PRIMARY KEY,
  PermitType text,
  Status text,
  ApplicationDate text,
  IssueDate text,
  ParcelID text,
  LicenseNo text REFERENCES ref_contractors(LicenseNo),
  DeclaredValue real,
  Description text
);
CREATE TABLE brz_lnd_excel_permit_log (
  "Permit Number" text,
  "Permit Type" text,
  Status text,
  "Issue Date" text,
  "Declared Value" real,
  Clerk text
);
CREATE TABLE src_inspections (
  InspectionID int PRIMARY KEY,
  PermitNo text REFERENCES stg_accela_permits(PermitNo),
  InspectionType text,
  InspectionDate text,
  Inspector text,
  Result text,
  DurationMin int
);
CREATE TABLE sap_fee_ledger (
  DOC_NO text,
  PERMIT_REF text,
  FEE_TYPE text,
  AMOUNT real,
  POSTING_DATE text,
  PAID_DATE text
);
CREATE TABLE ref_contractors (
  LicenseNo text PRIMARY KEY,
  CompanyName text,
  Trade text,
  City text,
  LicenseExpiry text,
  Email text
);
CREATE TABLE state_license_board (
  LICENSE_ID text,
  HOLDER_NAME text,
  LICENSE_STATUS text,
  EXPIRY_DATE text,
  CITY text
);
CREATE TABLE gis_parcels (
  PARCEL_ID text,
  DISTRICT text,
  ZONING text,
  AREA_SQM int,
  OWNER text,
  STREET text
);
