CREATE TABLE crm_customers(CUST_NO text primary key, CUST_NAME text, SEGMENT text, COUNTRY_CODE text, EMAIL text, ONBOARDED_ON text);
CREATE TABLE core_accounts(ACCT_NO text primary key, CUST_NO text references crm_customers(CUST_NO), ACCT_TYPE text, OPEN_DATE text, BALANCE real, BRANCH text, ACCT_STATUS text);
CREATE TABLE brz_lnd_CORE_LEDGER(TXN_REF text, ACCT_NO text, TXN_DATE text, AMT real, CCY text, TXN_TYPE text, STATUS text);
CREATE TABLE brz_lnd_GL_POSTINGS(POSTING_ID int, TXN_REF text, ACCT_NO text, POSTING_DATE text, AMT real, CCY text, GL_CODE text, STATUS text);
CREATE TABLE brz_lnd_CARD_SYSTEM(CARD_NO text, ACCOUNT_NUMBER text, CARD_TYPE text, EXPIRY_DATE text, CREDIT_LIMIT int, CARD_STATUS text);
