CREATE TABLE brz_lnd_DPS_Planning (
  PLANNING_SKU text,
  PRODUCT_NAME text,
  PRODUCT_LINE text,
  PLANNER text,
  STATUS text,
  FORECAST_QTY int,
  LIST_PRICE real,
  LAUNCH_DATE text
);
CREATE TABLE brz_lnd_SAP_Materials (
  MATERIAL text,
  DESCRIPTION text,
  PRODUCT_LINE text,
  STATUS text,
  LIST_PRICE real,
  WEIGHT_KG real,
  SUPPLIER_ID text,
  CREATED_ON text
);
CREATE TABLE brz_lnd_SAP_Orders (
  ORDER_NO text,
  MATERIAL text,
  CUSTOMER text,
  COUNTRY text,
  QTY int,
  NET_VALUE real,
  ORDER_DATE text,
  DELIVERY_DATE text,
  ORDER_STATUS text
);
CREATE TABLE brz_lnd_CRM_Orders_Excel (
  OrderNo text,
  Sku text,
  Customer text,
  Qty int,
  NetValue real,
  OrderDate text,
  SalesRep text,
  Channel text
);
CREATE TABLE brz_lnd_MES_Builds (
  BUILD_ID int,
  Sku text,
  Plant text,
  Built_Qty int,
  Scrap_Qty int,
  Build_Date text,
  Result text
);
CREATE TABLE brz_lnd_Supplier_List (
  SUPPLIER_ID text,
  SUPPLIER_NAME text,
  COUNTRY text,
  LEAD_TIME_DAYS int,
  RATING real
);
