-- A store as the first version of the schema kept it.
PRAGMA application_id=1936684148;
PRAGMA user_version=1;
CREATE TABLE chat(id INTEGER PRIMARY KEY,account TEXT NOT NULL,peer TEXT NOT NULL,UNIQUE(account,peer));
CREATE TABLE message(id INTEGER PRIMARY KEY,chat INTEGER NOT NULL REFERENCES chat,flags INTEGER NOT NULL,state INTEGER NOT NULL,code INTEGER NOT NULL,reason TEXT,at INTEGER NOT NULL,sent_at INTEGER NOT NULL,text TEXT NOT NULL);
CREATE INDEX message_chat ON message(chat);
CREATE INDEX message_unsent ON message(state) WHERE state<2;
CREATE TABLE fact(kind TEXT NOT NULL,key TEXT NOT NULL,value TEXT NOT NULL,PRIMARY KEY(kind,key)) WITHOUT ROWID;
INSERT INTO chat VALUES(1,'sip:alice@example.org','sip:bob@example.org');
INSERT INTO chat VALUES(2,'sip:alice@example.org','sip:kim@lab.test');
INSERT INTO message VALUES(1700000000000000,1,8,5,0,NULL,1700000000000,0,'first words');
INSERT INTO message VALUES(1700000001000000,1,9,0,0,NULL,1700000001000,0,'still queued');
INSERT INTO message VALUES(1700000002000000,2,5,4,410,'gone',1700000002000,0,'an invoice');
INSERT INTO fact VALUES('buddy','work	sip:bob@example.org','Bob
Friends');
