CREATE TABLE ref_carriers(carrier_code text primary key, carrier_name text, transport_mode text, country text);
CREATE TABLE ref_clients(client_code text primary key, client_name text, service_level text, country text);
CREATE TABLE tms_shipments(shipment_id text primary key, client_code text references ref_clients(client_code), origin_city text, destination_city text, ship_date text, delivery_date text, weight_kg real, carrier_code text references ref_carriers(carrier_code), status text);
CREATE TABLE brz_lnd_Carrier_Invoices(INVOICE_NO text, SHIPMENT_ID text, CARRIER_CODE text, INVOICE_DATE text, FREIGHT_AMT real, BILLED_WEIGHT_KG real, PAID_FLAG text);
CREATE TABLE brz_lnd_WMS_Dispatch(DISPATCH_NO text, SHIPMENT_REF text, WAREHOUSE text, DISPATCH_DATE text, PALLETS int, LOADED_BY text);
