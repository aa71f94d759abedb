//! Energomera.
