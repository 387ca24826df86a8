//! The council's documents (資料) of a sheet's year.
