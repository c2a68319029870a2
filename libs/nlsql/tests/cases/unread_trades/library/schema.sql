CREATE TABLE brz_lnd_ILS_Titles (ISBN text PRIMARY KEY, Title text, Author text, Genre text, Language text, Publish_Year int, Replacement_Cost real, Status text);
CREATE TABLE brz_lnd_OPAC_Catalogue (Isbn13 text PRIMARY KEY, Book_Title text, Author text, Genre text, Publish_Year int, Format text, Visible text, Indexed_On text);
CREATE TABLE brz_lnd_VENDOR_EXCEL (Line_No int PRIMARY KEY, ISBN text, Book_Title text, Vendor text, Unit_Cost real, Copies_Ordered int, Invoice_Date text);
CREATE TABLE brz_lnd_ILS_Members (Member_ID text PRIMARY KEY, Full_Name text, Home_Branch text, Member_Type text, Join_Date text, Expiry_Date text, Email text);
CREATE TABLE brz_lnd_SMARTCARD_Patrons (Patron_No text PRIMARY KEY, Patron_Name text, Home_Branch text, Card_Status text, Issued_On text, Email text);
CREATE TABLE brz_lnd_ILS_Loans (Loan_ID text PRIMARY KEY, ISBN text REFERENCES brz_lnd_ILS_Titles(ISBN), Member_ID text REFERENCES brz_lnd_ILS_Members(Member_ID), Loan_Branch text, Loan_Date text, Due_Date text, Return_Date text, Fine_Amount real);
