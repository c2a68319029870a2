CREATE TABLE crm_customer(customer_id integer primary key, customer_name text, email text, country text, segment text, signup_date text);
CREATE TABLE oms_order(order_no text, customer_id integer, order_date text, channel text, order_status text, total_amount real);
CREATE TABLE psp_payment(payment_id integer, order_ref text, paid_on text, method text, amount real, payment_state text);
CREATE TABLE wms_pick(pick_id integer, order_number text, warehouse text, picked_qty integer, pick_date text, picker text);
CREATE TABLE wms_shipment(shipment_id integer, order_number text, carrier text, shipped_on text, weight_kg real);
