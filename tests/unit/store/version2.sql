-- A store as the second version of the schema kept it.
PRAGMA application_id=1936684148;
PRAGMA user_version=2;
CREATE TABLE chat(id INTEGER PRIMARY KEY,account TEXT NOT NULL,peer TEXT NOT NULL,cleared INTEGER NOT NULL DEFAULT 0,sweep INTEGER NOT NULL DEFAULT 0,UNIQUE(account,peer));
CREATE TABLE message(id INTEGER PRIMARY KEY,chat INTEGER NOT NULL REFERENCES chat,flags INTEGER NOT NULL,state INTEGER NOT NULL,code INTEGER NOT NULL,reason TEXT,at INTEGER NOT NULL,sent_at INTEGER NOT NULL,text TEXT NOT NULL);
CREATE INDEX message_chat ON message(chat);
CREATE INDEX message_unsent ON message(state) WHERE state<2;
CREATE TABLE fact(kind TEXT NOT NULL,key TEXT NOT NULL,value TEXT NOT NULL,PRIMARY KEY(kind,key)) WITHOUT ROWID;
CREATE TABLE seen(key INTEGER PRIMARY KEY,at INTEGER NOT NULL);
CREATE INDEX seen_at ON seen(at);
CREATE TABLE meta(name TEXT PRIMARY KEY,value INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX chat_sweep ON chat(sweep) WHERE sweep;
CREATE VIRTUAL TABLE word USING fts5(text,who,content='',columnsize=0,tokenize='unicode61 remove_diacritics 2',prefix='2 3');
INSERT INTO meta VALUES('indexed',1700000001000000),('retain',0),('merge',0);
INSERT INTO chat VALUES(1,'sip:alice@example.org','sip:bob@example.org',0,0);
INSERT INTO chat VALUES(2,'sip:alice@example.org','sip:kim@lab.test',1700000002000000,0);
INSERT INTO message VALUES(1700000001000000,1,8,5,0,NULL,1700000001000,0,'first words');
INSERT INTO word(rowid,text,who) VALUES(1700000001000000,'first words','c1i');
INSERT INTO message VALUES(1700000003000000,2,5,4,410,'gone',1700000003000,0,'an invoice');
INSERT INTO seen VALUES(77,4000000000000);
INSERT INTO fact VALUES('buddy','work	sip:bob@example.org','Bob
Friends');
