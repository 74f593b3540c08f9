"""The judges that tell which mention belongs to which bookmark."""
