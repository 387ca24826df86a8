//! The outline that staff type: ○ entry, * note, ①… numbered, ・ dot. Parser and printer are inverse to each other.
