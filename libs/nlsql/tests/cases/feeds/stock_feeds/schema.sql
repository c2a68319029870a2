CREATE TABLE brz_lnd_WARD_STOCK(LINE_ID int, ITEM_NO text, ITEM_DESC text, WARD_CODE text, QTY_ON_HAND int, UNIT_PRICE real, EXPIRY_DATE text, STATUS text);
CREATE TABLE brz_lnd_SUPPLIER_CATALOGUE(ITEM_NO text, ITEM_NAME text, SUPPLIER_ID text, LIST_PRICE real, PACK_SIZE int, CATEGORY text, STATUS text);
CREATE TABLE sap_suppliers(SUPPLIER_ID text primary key, SUPPLIER_NAME text, COUNTRY text, RATING real, EMAIL text);
CREATE TABLE sap_purchase_orders(PO_NO text primary key, ITEM_NO text, SUPPLIER_ID text references sap_suppliers(SUPPLIER_ID), ORDER_DATE text, QTY int, AMT real, PO_STATUS text);
CREATE TABLE brz_lnd_Consignment_Items(MATERIAL_NO text, QTY int, STORAGE_LOCATION text, DELIVERED_ON text);
