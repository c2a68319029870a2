CREATE TABLE brz_lnd_ERP_PRODUCTS (
  Product_Code text,
  Product_Name text,
  Manufacturer text,
  Dosage_Form text,
  List_Price real,
  Product_Status text,
  Launch_Date text
);
CREATE TABLE brz_lnd_WMS_STOCK (
  Product_Code text,
  Warehouse text,
  Batch_No text,
  Qty_On_Hand int,
  Expiry_Date text,
  Storage_Class text
);
CREATE TABLE brz_lnd_PriceBook_EXCEL (
  Product_Code text,
  List_Price real,
  Pack_Size int,
  Discount_Pct real,
  Price_Date text
);
CREATE TABLE brz_lnd_REG_LICENCES (
  Licence_No text,
  Item_Code text,
  Manufacturer text,
  Licence_Status text,
  Valid_Until text
);
CREATE TABLE brz_lnd_CRM_PHARMACIES (
  Account_No text,
  Pharmacy_Name text,
  City text,
  Region text,
  Credit_Limit real,
  Account_Status text,
  Opened_On text
);
CREATE TABLE brz_lnd_ERP_ORDERS (
  Order_No text,
  Account_No text,
  Product_Code text,
  Quantity int,
  Net_Amount real,
  Order_Date text,
  Order_Status text
);
