CREATE TABLE ods_broker(BROKER_ID integer primary key, BROKER_NAME text, REGION text, LICENCE_EXPIRY text, COMMISSION_PCT real);
CREATE TABLE brz_lnd_PAS_POLICY(POLICY_NO text, INSURED_NAME text, PRODUCT_LINE text, START_DT text, END_DT text, ANNUAL_PREMIUM real, SUM_INSURED integer, STATUS text, BROKER_ID integer references ods_broker(BROKER_ID));
CREATE TABLE brz_lnd_LEGACY_POLICIES(policy_number text, holder_name text, product text, inception_date text, premium_amt real, policy_status text, postcode text);
CREATE TABLE ods_claims(claim_id integer primary key, policy_no text, loss_date text, reported_date text, claim_amount real, paid_amount real, claim_status text, adjuster text);
