CREATE TABLE brz_lnd_SCADA_TURBINES (
  Turbine_Id text PRIMARY KEY, Wind_Farm text, Model text, Rated_Power_kW int, Hub_Height_m real,
  Operating_Status text, Commissioning_Date text, Firmware text, Availability_Pct real);
CREATE TABLE brz_lnd_ASSET_REGISTER (
  Asset_No text PRIMARY KEY, Wind_Farm text, Manufacturer text, Rated_Power_kW int, Commissioning_Date text,
  Book_Value real, Asset_Status text, Warranty_End text);
CREATE TABLE brz_lnd_PARTS_SAP (
  Part_No text PRIMARY KEY, Description text, Part_Group text, Unit_Price real, Stock_Qty int, Min_Stock int, Supplier text);
CREATE TABLE brz_lnd_PARTS_DEPOT_EXCEL (
  Part_No text PRIMARY KEY, Description text, Unit_Price real, Depot text, Stock_Qty int, Shelf text, Last_Counted text);
CREATE TABLE brz_lnd_SAP_PM_ORDERS (
  WO_Number text PRIMARY KEY, Equipment_No text REFERENCES brz_lnd_ASSET_REGISTER(Asset_No), Part_No text,
  Order_Type text, Priority text, Order_Status text, Created_Date text, Closed_Date text, Labour_Hours real, Total_Cost real);
CREATE TABLE brz_lnd_CONTRACTOR_INVOICES (
  Invoice_No text PRIMARY KEY, Work_Order_Ref text, Contractor text, Hours_Billed real, Invoice_Amount real,
  Invoice_Date text, Paid_Date text);
