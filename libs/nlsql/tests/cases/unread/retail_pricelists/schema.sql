CREATE TABLE dim_supplier(SUPPLIER_ID integer primary key, SUPPLIER_NAME text, COUNTRY text, LEAD_TIME_DAYS integer);
CREATE TABLE brz_lnd_ERP_ITEM_MASTER(SKU text, EAN text, ITEM_NAME text, BRAND text, CATEGORY text, SUPPLIER_ID integer, COST_PRICE real, LIFECYCLE_STATUS text, LAUNCH_DATE text);
CREATE TABLE stg_north_pricelist(sku text, item_desc text, list_price real, currency text, valid_from text);
CREATE TABLE stg_south_pricelist(SKU_CODE text, DESCRIPTION text, UNIT_PRICE real, DISCOUNT_PCT real, DISCONTINUED text);
CREATE TABLE stg_webshop_items(item_sku text, title text, web_price real, stock_qty integer, rating real, listed_on text);
