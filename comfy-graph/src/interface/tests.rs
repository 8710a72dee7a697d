//! Every source of parameters, every role, and setting values, on small workflows.
