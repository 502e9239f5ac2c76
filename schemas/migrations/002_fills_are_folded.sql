-- File format 3 of the journal, after 001: fills and positions are folded from the records when they are asked for, as
-- orders are (docs/decisions/0004-orders-are-folded.md).
DROP VIEW positions;
DROP TABLE fills;
