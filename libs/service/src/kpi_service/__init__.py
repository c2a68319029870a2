"""What every service is made of: settings, application, authentication, problems, processes."""
