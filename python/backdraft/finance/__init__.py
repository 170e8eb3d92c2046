"""What trading costs: commission and slippage, under zipline's names."""
