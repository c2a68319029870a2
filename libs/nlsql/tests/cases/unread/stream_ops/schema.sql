CREATE TABLE Studio (StudioId INTEGER PRIMARY KEY, StudioName TEXT, Country TEXT);
CREATE TABLE Title (TitleId TEXT PRIMARY KEY, TitleName TEXT, TitleType TEXT, Genre TEXT, ReleaseDate TEXT, RuntimeMin INTEGER, AgeRating TEXT, OriginalLanguage TEXT, CatalogueStatus TEXT, StudioId INTEGER REFERENCES Studio(StudioId));
CREATE TABLE RightsContract (ContractId TEXT PRIMARY KEY, TitleCode TEXT, WorkingTitle TEXT, AgeRating TEXT, Licensor TEXT, SignedOn TEXT, LicenceFee REAL, ContractStatus TEXT);
CREATE TABLE RightsWindow (WindowId INTEGER PRIMARY KEY, ContractId TEXT REFERENCES RightsContract(ContractId), TitleCode TEXT, Territory TEXT, StartDate TEXT, EndDate TEXT, ExclusiveFlag TEXT);
CREATE TABLE TitleAvailability (TitleId TEXT REFERENCES Title(TitleId), Territory TEXT, AvailableFrom TEXT, AvailStatus TEXT, PRIMARY KEY (TitleId, Territory));
CREATE TABLE Subscriber (SubscriberId INTEGER PRIMARY KEY, Email TEXT, PlanType TEXT, Country TEXT, SignupDate TEXT, CancelDate TEXT, MonthlyFee REAL);
CREATE TABLE PlaybackLog (SessionId TEXT PRIMARY KEY, SubscriberId INTEGER REFERENCES Subscriber(SubscriberId), TitleId TEXT REFERENCES Title(TitleId), StartedAt TEXT, MinutesWatched REAL, DeviceType TEXT, Country TEXT, ErrorCode TEXT);
CREATE TABLE CdnFile (FileId INTEGER PRIMARY KEY, TitleCode TEXT, Resolution TEXT, Codec TEXT, SizeGb REAL, CdnRegion TEXT, EncodedOn TEXT, FileStatus TEXT, RuntimeMin INTEGER);
CREATE TABLE SubtitleTrack (TitleId TEXT REFERENCES Title(TitleId), LangCode TEXT, TrackKind TEXT, QcStatus TEXT, PRIMARY KEY (TitleId, LangCode));
