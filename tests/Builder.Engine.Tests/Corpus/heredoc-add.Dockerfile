FROM scratch
ADD --chown=5 <<-e /d/
	1
	e
