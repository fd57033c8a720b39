FROM scratch
RUN <<-E
	#!/bin/x
		y
	E
