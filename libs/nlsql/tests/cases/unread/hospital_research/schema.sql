CREATE TABLE Trials (TrialId TEXT PRIMARY KEY, Title TEXT, Phase TEXT, Department TEXT, Investigator TEXT, StartDate TEXT, EndDate TEXT, PlannedParticipants INTEGER, Status TEXT);
CREATE TABLE Participants (ParticipantId INTEGER PRIMARY KEY, TrialId TEXT REFERENCES Trials(TrialId), Sex TEXT, BirthDate TEXT, EnrolledOn TEXT, Site TEXT, Status TEXT);
CREATE TABLE srcConsentRegister (ConsentNo INTEGER, SubjectNo INTEGER, BirthDate TEXT, ConsentType TEXT, FormVersion TEXT, SignedOn TEXT, WithdrawnOn TEXT);
CREATE TABLE LabSamples (SampleId TEXT PRIMARY KEY, ParticipantId INTEGER REFERENCES Participants(ParticipantId), SampleType TEXT, CollectedOn TEXT, VolumeMl REAL, SampleStatus TEXT);
CREATE TABLE LabResults (ResultId INTEGER PRIMARY KEY, SampleId TEXT REFERENCES LabSamples(SampleId), TestName TEXT, ResultValue REAL, MeasuredOn TEXT, CheckedBy TEXT);
CREATE TABLE srcBiobankInventory (TubeBarcode TEXT, FreezerNo TEXT, Rack INTEGER, Slot INTEGER, SampleType TEXT, VolumeMl REAL, StoredOn TEXT);
CREATE TABLE dimFreezers (FreezerNo TEXT, Building TEXT, Model TEXT, TargetTemp INTEGER, Capacity INTEGER, LastServicedOn TEXT);
CREATE TABLE FreezerTempLog (FreezerNo TEXT, LoggedOn TEXT, TempC REAL);
CREATE TABLE SampleShipments (ShipmentNo INTEGER PRIMARY KEY, SampleId TEXT, Recipient TEXT, ShippedOn TEXT, ShippingCost REAL, InvoicedOn TEXT);
