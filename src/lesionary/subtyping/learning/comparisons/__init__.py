"""The networks that DMRN is compared with (DMRN, 2.4), beside plain ResNets."""
