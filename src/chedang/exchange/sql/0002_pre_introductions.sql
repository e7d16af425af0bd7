-- Provinces that got rows of a shop of which its own node has not told yet (ministry): they are told as soon as it has.
create table exchange_introduction_due (
    company_code text not null,
    destination text not null,
    constraint exchange_introduction_due_pkey primary key (company_code, destination)
);
