CREATE TABLE brz_lnd_Clinics (
  Clinic_Code text PRIMARY KEY,
  Clinic_Name text,
  City text,
  Region text,
  Chairs int,
  Opened_On text,
  Manager text
);
CREATE TABLE brz_lnd_Dentrix_PMS (
  Patient_ID text PRIMARY KEY,
  Patient_Name text,
  City text,
  Clinic_Code text REFERENCES brz_lnd_Clinics(Clinic_Code),
  Birth_Date text,
  Email text,
  Status text,
  Insurance_Plan text,
  Balance real
);
CREATE TABLE brz_lnd_CRM_Excel (
  Patient_No text PRIMARY KEY,
  Full_Name text,
  City text,
  Email text,
  Status text,
  Segment text,
  Last_Contact text
);
CREATE TABLE brz_lnd_Treatments (
  Treatment_ID text PRIMARY KEY,
  Patient_ID text REFERENCES brz_lnd_Dentrix_PMS(Patient_ID),
  Clinic_Code text REFERENCES brz_lnd_Clinics(Clinic_Code),
  Procedure_Name text,
  Category text,
  Dentist text,
  Treatment_Date text,
  Fee real,
  Treatment_Status text
);
CREATE TABLE brz_lnd_Claims_Portal (
  Claim_No text PRIMARY KEY,
  Treatment_Ref text REFERENCES brz_lnd_Treatments(Treatment_ID),
  Insurer text,
  Claimed_Amount real,
  Paid_Amount real,
  Claim_Status text,
  Submitted_On text
);
CREATE TABLE brz_lnd_SAP_Billing (
  Invoice_No text PRIMARY KEY,
  Treatment_ID text,
  Amount real,
  Invoice_Date text,
  Payment_Status text,
  Payment_Method text
);
