CREATE TABLE PolicyAdmin (PolicyNo TEXT PRIMARY KEY, ClientNo INTEGER, CarrierCode TEXT, ProductLine TEXT, InceptionDate TEXT, ExpiryDate TEXT, AnnualPremium REAL, PolicyStatus TEXT, AgentCode TEXT, PaymentPlan TEXT);
CREATE TABLE SrcCrmPolicy (CrmId INTEGER PRIMARY KEY, PolicyNumber TEXT, ClientNo INTEGER, Status TEXT, Premium REAL, AgentCode TEXT, NextContactDate TEXT);
CREATE TABLE Client (ClientNo INTEGER PRIMARY KEY, ClientName TEXT, City TEXT, Segment TEXT, Email TEXT, OnboardedOn TEXT);
CREATE TABLE AgentRegister (LicenceNo TEXT, AgentCode TEXT, AgentName TEXT, Region TEXT, LicenceStatus TEXT, LicenceExpiry TEXT, Email TEXT, RegisteredOn TEXT);
CREATE TABLE DimCarrier (CarrierCode TEXT PRIMARY KEY, CarrierName TEXT, Country TEXT, Active TEXT);
CREATE TABLE CarrierStatement (StatementNo TEXT PRIMARY KEY, CarrierCode TEXT REFERENCES DimCarrier(CarrierCode), PeriodMonth TEXT, TotalCommission REAL, ReceivedOn TEXT);
CREATE TABLE CarrierStatementLine (LineRef TEXT, StatementNo TEXT REFERENCES CarrierStatement(StatementNo), PolicyRef TEXT, ProductLine TEXT, PremiumAmt REAL, CommissionAmt REAL, LineType TEXT);
CREATE TABLE CommissionLedger (EntryNo INTEGER PRIMARY KEY, LineRef TEXT, PolicyNo TEXT, AgentId TEXT, PostingDate TEXT, CommissionAmount REAL, EntryType TEXT, PaidFlag TEXT);
CREATE TABLE BankReceipt (ReceiptNo TEXT, CarrierCode TEXT, StatementRef TEXT, ValueDate TEXT, AmountReceived REAL);
