CREATE TABLE erp_material(MATERIAL_CODE text primary key, MATERIAL_DESC text, MATERIAL_TYPE text, SHELF_LIFE_MONTHS integer, UNIT_COST real);
CREATE TABLE mes_batch(BATCH_NO text primary key, MATERIAL_CODE text references erp_material(MATERIAL_CODE), SITE text, MFG_DATE text, EXPIRY_DATE text, BATCH_SIZE_KG real, BATCH_STATUS text);
CREATE TABLE lims_sample(SAMPLE_ID integer primary key, BATCH_NUM text, SAMPLE_TYPE text, RECEIVED_ON text, ANALYST text);
CREATE TABLE lims_result(RESULT_ID integer primary key, SAMPLE_ID integer references lims_sample(SAMPLE_ID), TEST_NAME text, RESULT_VALUE real, VERDICT text);
CREATE TABLE erp_batch_stock(batch_no text, plant text, qty_kg real, stock_status text, expiry_date text);
