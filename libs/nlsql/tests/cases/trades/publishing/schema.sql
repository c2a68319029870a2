CREATE TABLE brz_lnd_PUB_Titles (
  ISBN text,
  TITLE text,
  AUTHOR_ID text,
  IMPRINT text,
  FORMAT text,
  LIST_PRICE real,
  PAGES int,
  PUB_DATE text,
  STATUS text
);
CREATE TABLE brz_lnd_Norwell_Feed (
  ISBN13 text,
  TITLE text,
  FORMAT text,
  PRICE real,
  STOCK_QTY int,
  AVAILABILITY text,
  UPDATED_ON text
);
CREATE TABLE brz_lnd_Baxter_EXCEL (
  EAN text,
  Title text,
  Format text,
  Price real,
  Stock_Qty int,
  Warehouse text,
  Discount_Pct int
);
CREATE TABLE brz_lnd_PUB_Authors (
  AUTHOR_ID text,
  AUTHOR_NAME text,
  COUNTRY text,
  EMAIL text,
  AGENT text,
  BIRTH_YEAR int
);
CREATE TABLE brz_lnd_PUB_Orders (
  ORDER_NO text,
  ISBN text,
  DISTRIBUTOR text,
  ORDER_DATE text,
  QTY int,
  AMOUNT real,
  SHIP_DATE text,
  STATUS text
);
CREATE TABLE brz_lnd_Royalty_Contracts (
  Contract_No text,
  Author_ID text,
  ISBN text,
  Royalty_Pct real,
  Advance int,
  Signed_On text
);
