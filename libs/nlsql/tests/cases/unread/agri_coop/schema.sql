CREATE TABLE XlMemberRegister (MemberNo TEXT PRIMARY KEY, FullName TEXT, Village TEXT, District TEXT, JoinedOn TEXT, MemberStatus TEXT, FarmSizeHa REAL, BankAccount TEXT, PhoneNo TEXT);
CREATE TABLE SapVendor (VendorNo TEXT PRIMARY KEY, VendorName TEXT, Town TEXT, AccountStatus TEXT, BankAccount TEXT, TermsCode TEXT);
CREATE TABLE Crop (CropCode TEXT PRIMARY KEY, CropName TEXT, CropGroup TEXT, BasePricePerTon REAL, MaxMoisturePct REAL);
CREATE TABLE Silo (SiloCode TEXT PRIMARY KEY, SiteName TEXT, SiloType TEXT, CapacityKg INTEGER, SiloStatus TEXT, BuiltYear INTEGER);
CREATE TABLE WbDelivery (TicketNo TEXT PRIMARY KEY, MemberNo TEXT, SiloCode TEXT, CropCode TEXT, DeliveryDate TEXT, GrossKg INTEGER, TareKg INTEGER, NetKg INTEGER, TruckPlate TEXT, TicketStatus TEXT);
CREATE TABLE LimsSample (SampleNo TEXT PRIMARY KEY, TicketNo TEXT, CropCode TEXT, SampleDate TEXT, MoisturePct REAL, ProteinPct REAL, Grade TEXT, LabResult TEXT, Analyst TEXT);
CREATE TABLE SapPayment (PaymentNo INTEGER PRIMARY KEY, VendorNo TEXT, DeliveryRef TEXT, PayDate TEXT, Amount REAL, PayStatus TEXT, PayMethod TEXT);
CREATE TABLE SiloStock (SiloCode TEXT, CropCode TEXT, StockKg INTEGER, CountedOn TEXT, CountedBy TEXT, PRIMARY KEY (SiloCode, CropCode));
CREATE TABLE SapStock (StorageLoc TEXT, MaterialNo TEXT, QtyKg INTEGER, PostedOn TEXT, StockType TEXT, PRIMARY KEY (StorageLoc, MaterialNo));
