CREATE TABLE wms_item (item_no TEXT PRIMARY KEY, item_desc TEXT, brand TEXT, cat_cd TEXT, ean TEXT, act_flg TEXT, wgt_kg REAL, crt_dt TEXT);
CREATE TABLE wms_stock (item_no TEXT, whse_cd TEXT, bin_loc TEXT, qty_oh INTEGER, qty_rsv INTEGER, last_cnt_dt TEXT);
CREATE TABLE mkt_listing (lst_id TEXT, mkt_cd TEXT, sku TEXT, title TEXT, lst_price REAL, lst_qty INTEGER, lst_sts TEXT, crt_dt TEXT);
CREATE TABLE mkt_order (ord_no TEXT PRIMARY KEY, mkt_cd TEXT, sku TEXT, cust_no INTEGER REFERENCES cust(cust_no), qty INTEGER, amt REAL, ord_dt TEXT, ord_sts TEXT);
CREATE TABLE src_rma_hdr (rma_no TEXT PRIMARY KEY, ord_no TEXT, cust_no INTEGER, rsn_cd TEXT, open_dt TEXT, close_dt TEXT, rma_sts TEXT);
CREATE TABLE src_rma_line (rma_no TEXT REFERENCES src_rma_hdr(rma_no), line_no INTEGER, item_no TEXT, serial_no TEXT, qty INTEGER, refund_amt REAL);
CREATE TABLE stg_price_list (item_no TEXT, pl_cd TEXT, net_price REAL, cur TEXT, valid_from TEXT, valid_to TEXT);
CREATE TABLE stg_vendor_price (ven_item TEXT, ven_no TEXT, buy_price REAL, lead_days INTEGER, moq INTEGER);
CREATE TABLE cust (cust_no INTEGER PRIMARY KEY, cust_name TEXT, ctry TEXT, seg TEXT, crd_lim INTEGER, blk_flg INTEGER);
