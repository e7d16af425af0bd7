"""同意、单位车辆、过户: letting others see a car, companies, change of owner."""
