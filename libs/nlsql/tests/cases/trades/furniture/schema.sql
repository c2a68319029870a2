CREATE TABLE brz_lnd_SAP_ARTICLES (
  ARTICLE_NO text, ARTICLE_NAME text, CATEGORY text, MATERIAL text, COLOUR text,
  LIST_PRICE real, WEIGHT_KG real, STATUS text, LAUNCH_DATE text);
CREATE TABLE brz_lnd_SHOPWARE_CATALOG (
  Sku text, Title text, Category text, Web_Price real, Web_Status text, Rating real, Online_Since text);
CREATE TABLE brz_lnd_SHOPWARE_ORDERS (
  Order_Id text, Sku text, Customer_City text, Quantity int, Order_Total real, Order_Status text, Order_Date text, Coupon_Code text);
CREATE TABLE brz_lnd_SUPPLIER_EXCEL (
  ARTICLE_NO text, ARTICLE_NAME text, SUPPLIER_NAME text, PURCHASE_PRICE real, LEAD_TIME_DAYS int, MIN_ORDER_QTY int);
CREATE TABLE brz_lnd_WMS_STOCK (
  Item_No text, Warehouse_Code text, Qty_On_Hand int, Bin_Location text, Last_Count_Date text);
CREATE TABLE brz_lnd_WAREHOUSES (
  Warehouse_Code text, Warehouse_Name text, Country text, Warehouse_Type text, Capacity_Pallets int, Opened_Date text, Manager text);
