CREATE TABLE UnionCatTitle (TitleId TEXT PRIMARY KEY, Isbn TEXT, Title TEXT, MainAuthor TEXT, PubYear INTEGER, LanguageName TEXT, MaterialType TEXT);
CREATE TABLE UnionCatHolding (HoldingId INTEGER PRIMARY KEY, TitleId TEXT, BranchCode TEXT, Barcode TEXT, ShelfMark TEXT, HoldingStatus TEXT);
CREATE TABLE LendItem (ItemBarcode TEXT PRIMARY KEY, BranchCode TEXT, ItemStatus TEXT, PurchasePrice REAL, AcquiredOn TEXT, LastInventoryOn TEXT);
CREATE TABLE LendBorrower (BorrowerNo INTEGER PRIMARY KEY, FullName TEXT, Category TEXT, HomeBranch TEXT, JoinedOn TEXT, ExpiresOn TEXT, Email TEXT, IsBlocked TEXT);
CREATE TABLE LendLoan (LoanNo INTEGER PRIMARY KEY, BorrowerNo INTEGER, ItemBarcode TEXT, LoanDate TEXT, DueDate TEXT, ReturnDate TEXT, FineAmount REAL);
CREATE TABLE RefBranch (BranchCode TEXT PRIMARY KEY, BranchName TEXT, Town TEXT, Region TEXT, BranchType TEXT, IsOpen TEXT);
CREATE TABLE AccessionBook (AccessionNo TEXT, EntryDate TEXT, ObjectName TEXT, Donor TEXT, AcquisitionMethod TEXT, Valuation REAL, SiteCode TEXT);
CREATE TABLE MuseumObject (InventoryNo TEXT PRIMARY KEY, ObjectName TEXT, Department TEXT, Period TEXT, InsuranceValue REAL, BranchCode TEXT, AcquisitionMethod TEXT, ObjectStatus TEXT, ConditionGrade TEXT);
CREATE TABLE ExhibitionObject (ExhibitionCode TEXT, InventoryNo TEXT, OpensOn TEXT, ClosesOn TEXT, Venue TEXT, InsuredFor REAL, PRIMARY KEY (ExhibitionCode, InventoryNo));
