//! References from text: （カ） to an item, 資料3 to a handout.
