FROM scratch
COPY <<-E /t
	one
		two
	three	tab
	E
