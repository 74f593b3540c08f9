"""Pictures of masses with what the subtyping rows say of them."""
