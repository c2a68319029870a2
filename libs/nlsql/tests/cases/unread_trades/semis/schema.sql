CREATE TABLE brz_lnd_SAP_MM (
  MATERIAL text,
  Material_Desc text,
  Manufacturer text,
  Category text,
  Package text,
  Unit_Price real,
  MOQ int,
  Lead_Time_Weeks int,
  Lifecycle text,
  Created_Date text
);
CREATE TABLE brz_lnd_Web_Shop_Excel (
  Part_Number text,
  Description text,
  Manufacturer text,
  Unit_Price real,
  Lifecycle text,
  RoHS text,
  Listed_On text
);
CREATE TABLE brz_lnd_WMS_Stock (
  MATERIAL text,
  Warehouse text,
  Bin text,
  Qty_On_Hand int,
  Last_Count_Date text
);
CREATE TABLE brz_lnd_SAP_PO (
  PO_Number text,
  MATERIAL text,
  Supplier text,
  Order_Qty int,
  Net_Price real,
  PO_Date text,
  PO_Status text
);
CREATE TABLE brz_lnd_Supplier_Confirmations (
  PO_No text,
  Supplier text,
  Confirmed_Qty int,
  Net_Price real,
  Delivery_Date text
);
CREATE TABLE brz_lnd_Customer_Orders (
  Order_No text,
  Customer text,
  Country text,
  Part_Number text,
  Qty int,
  Sales_Price real,
  Order_Date text,
  Ship_Date text,
  Order_Status text
);
