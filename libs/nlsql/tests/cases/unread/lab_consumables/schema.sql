CREATE TABLE lnd_SAP_Articles (
  ARTICLE_NO text,
  Article_Name text,
  Article_Category text,
  Pack_Size int,
  Net_Price real,
  Vendor_No text,
  Storage_Temp text,
  Hazard_Class text,
  Blocked text,
  Valid_From text
);
CREATE TABLE lnd_LIMS_Consumables (
  "Catalog No" text,
  Consumable_Name text,
  Consumable_Type text,
  Units_Per_Pack int,
  Sterile text,
  Owner_Lab text,
  Storage_Temp text,
  Reorder_Level int,
  Registered_On text
);
CREATE TABLE xls_Purchasing_List (
  "Item Code" text,
  "Item Name" text,
  Category text,
  "List Price" real,
  "Pack Size" int,
  "Vendor Name" text,
  "Contract Until" text,
  Buyer text
);
CREATE TABLE src_Lab_Orders (
  Order_No int,
  Lab_ID text,
  ARTICLE_NO text,
  Quantity int,
  Unit_Price real,
  Order_Date text,
  Order_Status text,
  Requested_By text
);
CREATE TABLE ref_Labs (
  Lab_ID text,
  Lab_Name text,
  Department text,
  Building text,
  Floor int
);
CREATE TABLE ref_Vendors (
  Vendor_No text,
  Vendor_Name text,
  Country text,
  Min_Order_Value real,
  Preferred text
);
CREATE TABLE stg_Stock_Count (
  Count_ID int,
  Lab_ID text,
  "Catalog No" text,
  Lot_No text,
  Counted_Qty int,
  Count_Date text,
  Expiry_Date text
);
