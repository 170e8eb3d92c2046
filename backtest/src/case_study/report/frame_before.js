// This document has no address of its own to remember a zoom or a search in.
history.replaceState = () => {};
