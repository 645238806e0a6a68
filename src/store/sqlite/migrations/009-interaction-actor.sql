-- Who sent an interaction, where that was a trusted viewer: the subject of their token.
alter table interaction add column actor text;
