CREATE TABLE brz_lnd_ERP_Items (ITEM_CODE text, ITEM_NAME text, CATEGORY text, BRAND text, UNIT_PRICE real, STATUS text, LAUNCH_DATE text, WARRANTY_MONTHS int);
CREATE TABLE brz_lnd_WMS_Stock (SKU text, DESCRIPTION text, WAREHOUSE text, QTY_ON_HAND int, REORDER_LEVEL int, UNIT_PRICE real, STATUS text, LAST_COUNT_DATE text);
CREATE TABLE brz_lnd_SUPPLIER_EXCEL (Part_No text, Part_Name text, Supplier_Name text, List_Price real, Currency text, Min_Order_Qty int, Valid_From text);
CREATE TABLE brz_lnd_CRM_Customers (CUSTOMER_ID text, CUSTOMER_NAME text, CITY text, SEGMENT text, CREDIT_LIMIT int, STATUS text, CREATED_DATE text, EMAIL text);
CREATE TABLE brz_lnd_BILLING_Accounts (CUST_NO text, CUSTOMER_NAME text, CITY text, CREDIT_LIMIT int, PAYMENT_TERMS text, BALANCE_DUE real, STATUS text);
CREATE TABLE brz_lnd_SALES_Orders (ORDER_NO text, CUSTOMER_ID text, ITEM_CODE text, ORDER_DATE text, QUANTITY int, LINE_AMOUNT real, ORDER_STATUS text, SALES_REP text);
