FROM scratch
RUN cat <<-E
	x
	E
