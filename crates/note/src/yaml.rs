//! YAML events to values with PyYAML SafeLoader's rules for plain scalars, and values to YAML text.
